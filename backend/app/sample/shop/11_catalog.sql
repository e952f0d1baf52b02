-- What we sell: categories as a tree, brands, suppliers, products and their prices.

SET LOCAL ROLE shop_app;

CREATE TABLE catalog.categories (
  category_id  integer PRIMARY KEY,
  parent_id    integer REFERENCES catalog.categories,
  code         text NOT NULL UNIQUE,
  name_en      text NOT NULL,
  name_zh      text NOT NULL,
  sort_order   smallint NOT NULL DEFAULT 0,
  CHECK (parent_id <> category_id)
);
CREATE INDEX categories_parent_idx ON catalog.categories (parent_id);
COMMENT ON TABLE  catalog.categories IS 'Product categories, a tree of three levels / 商品分类（三级树）';
COMMENT ON COLUMN catalog.categories.parent_id IS 'The category above; null at the root / 上级分类';
COMMENT ON COLUMN catalog.categories.code IS 'Short code printed on shelf labels';
COMMENT ON COLUMN catalog.categories.name_en IS 'English name';
COMMENT ON COLUMN catalog.categories.name_zh IS '中文名称';

CREATE TABLE catalog.brands (
  brand_id   integer PRIMARY KEY,
  name       text NOT NULL UNIQUE,
  name_zh    text,
  own_brand  boolean NOT NULL DEFAULT false,
  website    text
);
COMMENT ON TABLE  catalog.brands IS '品牌';
COMMENT ON COLUMN catalog.brands.own_brand IS '是否自有品牌';

CREATE TABLE catalog.suppliers (
  supplier_id    integer PRIMARY KEY,
  name           text NOT NULL,
  country_code   char(2) NOT NULL,
  tax_number     text,
  contact_email  text,
  payment_days   smallint NOT NULL DEFAULT 30 CHECK (payment_days BETWEEN 0 AND 180),
  active         boolean NOT NULL DEFAULT true,
  created_at     timestamptz NOT NULL
);
COMMENT ON TABLE  catalog.suppliers IS 'Companies that we buy from';
COMMENT ON COLUMN catalog.suppliers.tax_number IS 'Tax registration, digits only / 税号';
COMMENT ON COLUMN catalog.suppliers.payment_days IS 'Days until an invoice is due';

CREATE TABLE catalog.products (
  product_id   integer PRIMARY KEY,
  sku          catalog.sku NOT NULL UNIQUE,
  barcode      char(13),
  name         text NOT NULL,
  name_zh      text,
  category_id  integer REFERENCES catalog.categories,
  brand_id     integer NOT NULL REFERENCES catalog.brands,
  status       catalog.product_status NOT NULL DEFAULT 'draft',
  list_price   sales.money_amount NOT NULL CHECK (list_price >= 0),
  unit_cost    sales.money_amount NOT NULL CHECK (unit_cost >= 0),
  margin       numeric(12, 2) GENERATED ALWAYS AS (list_price - unit_cost) STORED,
  weight_g     integer CHECK (weight_g > 0),
  tags         text[] NOT NULL DEFAULT '{}',
  attributes   jsonb NOT NULL DEFAULT '{}',
  launched_on  date,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);
CREATE INDEX products_category_idx   ON catalog.products (category_id);
CREATE INDEX products_brand_idx      ON catalog.products (brand_id);
CREATE INDEX products_attributes_idx ON catalog.products USING gin (attributes jsonb_path_ops);
CREATE INDEX products_active_idx     ON catalog.products (list_price) WHERE status = 'active';
COMMENT ON TABLE  catalog.products IS 'One row per article that can be sold / 商品主数据，一行一个可售商品';
COMMENT ON COLUMN catalog.products.sku IS 'Stock keeping unit, our own number / 库存单位编码';
COMMENT ON COLUMN catalog.products.barcode IS 'EAN-13 on the package / 条形码';
COMMENT ON COLUMN catalog.products.list_price IS 'Price on the shelf in CNY, tax included / 标价（含税，人民币）';
COMMENT ON COLUMN catalog.products.unit_cost IS 'What we paid last / 最近进价';
COMMENT ON COLUMN catalog.products.margin IS 'list_price − unit_cost, computed by the database';
COMMENT ON COLUMN catalog.products.weight_g IS '毛重（克）';
COMMENT ON COLUMN catalog.products.attributes IS 'Colour, material, size: whatever the category needs';

CREATE TABLE catalog.product_prices (
  product_id  integer NOT NULL REFERENCES catalog.products,
  valid_from  date NOT NULL,
  price       sales.money_amount NOT NULL CHECK (price > 0),
  reason      text,
  PRIMARY KEY (product_id, valid_from)
);
COMMENT ON TABLE catalog.product_prices IS 'History of shelf prices';

CREATE TABLE catalog.product_suppliers (
  product_id   integer NOT NULL REFERENCES catalog.products,
  supplier_id  integer NOT NULL REFERENCES catalog.suppliers,
  lead_days    smallint NOT NULL CHECK (lead_days > 0),
  preferred    boolean NOT NULL DEFAULT false,
  PRIMARY KEY (product_id, supplier_id)
);
CREATE UNIQUE INDEX product_suppliers_one_preferred ON catalog.product_suppliers (product_id) WHERE preferred;
