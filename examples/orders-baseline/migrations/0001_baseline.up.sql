-- baseline
-- The schema that was there before migrations: an empty database with this revision has exactly this schema.
-- PostgreSQL 15, 83 objects, fingerprint a40d7484315c
-- Databases that have it are told so, and it is not run on them: groundline adopt

-- Types

CREATE TYPE public.order_status AS ENUM ('pending', 'paid', 'shipped', 'cancelled');
CREATE TYPE public.payment_method AS ENUM ('card', 'wallet', 'transfer');
CREATE DOMAIN public.email_address AS text;
ALTER DOMAIN public.email_address ADD CONSTRAINT email_address_shape CHECK ((VALUE ~ '^[^@\s]+@[^@\s]+$'::text));

-- Functions

CREATE OR REPLACE FUNCTION public.touch_updated_at()
    RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- Tables

CREATE TABLE public.customers (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    email public.email_address NOT NULL,
    full_name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    address text
);
ALTER TABLE public.customers ADD CONSTRAINT customers_email_key UNIQUE (email);
ALTER TABLE public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);
CREATE TRIGGER customers_touch_updated_at BEFORE UPDATE ON public.customers FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TABLE public.order_items (
    order_id bigint NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL,
    unit_price_cents bigint NOT NULL,
    line_total_cents bigint GENERATED ALWAYS AS (quantity * unit_price_cents) STORED
);
ALTER TABLE public.order_items ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, product_id);
ALTER TABLE public.order_items ADD CONSTRAINT order_items_quantity_positive CHECK ((quantity > 0));
CREATE INDEX order_items_product_id_idx ON public.order_items USING btree (product_id);

CREATE TABLE public.orders (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    customer_id bigint NOT NULL,
    status public.order_status DEFAULT 'pending'::public.order_status NOT NULL,
    placed_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id);
CREATE INDEX orders_placed_at_idx ON public.orders USING btree (placed_at DESC);
CREATE TRIGGER orders_touch_updated_at BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

CREATE TABLE public.payments (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    order_id bigint NOT NULL,
    method public.payment_method DEFAULT 'card'::public.payment_method NOT NULL,
    amount_cents bigint NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    reference text
);
COMMENT ON COLUMN public.payments.reference IS 'The provider''s own id of the payment; unique for each method';
ALTER TABLE public.payments ADD CONSTRAINT payments_amount_positive CHECK ((amount_cents > 0));
ALTER TABLE public.payments ADD CONSTRAINT payments_pkey PRIMARY KEY (id);
CREATE INDEX payments_order_id_idx ON public.payments USING btree (order_id);
CREATE UNIQUE INDEX payments_reference_once ON public.payments USING btree (method, reference) WHERE (reference IS NOT NULL);

CREATE TABLE public.products (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    price_cents bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON COLUMN public.products.price_cents IS 'Price of one piece today; orders keep the price of their day';
ALTER TABLE public.products ADD CONSTRAINT products_pkey PRIMARY KEY (id);
ALTER TABLE public.products ADD CONSTRAINT products_price_not_negative CHECK ((price_cents >= 0));
ALTER TABLE public.products ADD CONSTRAINT products_sku_key UNIQUE (sku);

-- Foreign keys and checks by functions

ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);
ALTER TABLE public.order_items ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id);
ALTER TABLE public.orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customers(id);
ALTER TABLE public.payments ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

-- Views

CREATE VIEW public.order_totals AS
 SELECT orders.id AS order_id,
    orders.customer_id,
    orders.status,
    orders.placed_at,
    (COALESCE(sum(order_items.line_total_cents), (0)::numeric))::bigint AS total_cents
   FROM (public.orders
     LEFT JOIN public.order_items ON ((order_items.order_id = orders.id)))
  GROUP BY orders.id;

CREATE VIEW public.monthly_revenue AS
 SELECT (date_trunc('month'::text, (order_totals.placed_at AT TIME ZONE 'UTC'::text)))::date AS month,
    count(*) AS orders,
    (sum(order_totals.total_cents))::bigint AS revenue_cents
   FROM public.order_totals
  WHERE (order_totals.status = ANY (ARRAY['paid'::public.order_status, 'shipped'::public.order_status]))
  GROUP BY ((date_trunc('month'::text, (order_totals.placed_at AT TIME ZONE 'UTC'::text)))::date);
COMMENT ON VIEW public.monthly_revenue IS 'Revenue of paid and shipped orders by calendar month (UTC), in cents';
GRANT SELECT ON TABLE public.monthly_revenue TO pg_monitor;
