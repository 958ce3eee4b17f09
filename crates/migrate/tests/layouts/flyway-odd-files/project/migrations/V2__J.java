class V2__J {}
