-- Categories, brands, suppliers, products.

INSERT INTO catalog.categories (category_id, parent_id, code, name_en, name_zh, sort_order)
SELECT row_number() OVER ()::int, NULL, code, en, zh, row_number() OVER ()
  FROM (VALUES ('FOOD', 'Food', '食品'), ('HOME', 'Home', '家居'), ('WEAR', 'Clothing', '服饰'), ('BABY', 'Baby & child', '母婴'),
               ('BODY', 'Care & beauty', '美妆个护'), ('TECH', 'Small appliances', '小家电'), ('PLAY', 'Outdoor & play', '户外玩具'),
               ('BOOK', 'Paper & books', '文具图书')) v(code, en, zh);

INSERT INTO catalog.categories (category_id, parent_id, code, name_en, name_zh, sort_order)
SELECT 10 + row_number() OVER ()::int, p.category_id, v.parent || '-' || v.code, v.en, v.zh, row_number() OVER (PARTITION BY v.parent)
  FROM (VALUES ('FOOD', 'TEA', 'Tea', '茶叶'), ('FOOD', 'SNK', 'Snacks', '零食'), ('FOOD', 'GRN', 'Grain & noodles', '粮面'), ('FOOD', 'DRY', 'Dried seafood', '海味干货'),
               ('HOME', 'BED', 'Bedding', '床品'), ('HOME', 'KIT', 'Kitchen', '厨具'), ('HOME', 'LIT', 'Lighting', '灯具'), ('HOME', 'STO', 'Storage', '收纳'),
               ('WEAR', 'MEN', 'Men', '男装'), ('WEAR', 'WOM', 'Women', '女装'), ('WEAR', 'SHO', 'Shoes', '鞋靴'), ('WEAR', 'ACC', 'Accessories', '配饰'),
               ('BABY', 'DIA', 'Diapers', '纸尿裤'), ('BABY', 'FEE', 'Feeding', '喂养'), ('BABY', 'CLO', 'Baby clothes', '童装'),
               ('BODY', 'SKI', 'Skin care', '护肤'), ('BODY', 'HAI', 'Hair care', '洗发护发'), ('BODY', 'MAK', 'Make-up', '彩妆'),
               ('TECH', 'COF', 'Coffee & kettles', '咖啡水壶'), ('TECH', 'CLE', 'Cleaning', '清洁电器'), ('TECH', 'COO', 'Cooking', '烹饪电器'),
               ('PLAY', 'CAM', 'Camping', '露营'), ('PLAY', 'TOY', 'Toys', '玩具'), ('PLAY', 'SEA', 'Beach & water', '沙滩戏水'),
               ('BOOK', 'NOT', 'Notebooks', '笔记本'), ('BOOK', 'PEN', 'Pens', '笔类'), ('BOOK', 'CHI', 'Children''s books', '童书')) v(parent, code, en, zh)
  JOIN catalog.categories p ON p.code = v.parent;

INSERT INTO catalog.categories (category_id, parent_id, code, name_en, name_zh, sort_order)
SELECT 40 + row_number() OVER (ORDER BY c.category_id, g.n)::int, c.category_id, c.code || '-' || g.n,
       g.en || ' ' || lower(c.name_en), g.zh || c.name_zh, g.n
  FROM catalog.categories c
 CROSS JOIN (VALUES (1, 'Everyday', '日常'), (2, 'Premium', '臻选')) g(n, en, zh)
 WHERE c.parent_id IS NOT NULL;

INSERT INTO catalog.brands (brand_id, name, name_zh, own_brand, website)
SELECT b, name, CASE WHEN b % 3 <> 0 THEN zh END, b <= 3, CASE WHEN b % 4 <> 0 THEN 'https://' || lower(replace(name, ' ', '-')) || '.example.com' END
  FROM (SELECT b::int,
               (ARRAY['Harbour & Pine', 'Pine Basics', 'Quay Kitchen'])[b] AS own,
               initcap(gen.one('brand.a', b, '{vel,tor,ami,kro,lun,sol,nim,ori,pel,zeph}') || (ARRAY['ra','mo','li','ven','do','ka','sen','tu'])[1 + b % 8]) || ' '
               || (ARRAY['Works','& Sons','House','Mill','Studio','Trading'])[1 + b % 6] AS made,
               (ARRAY['帆','榆','潮','岸','砚'])[1 + b % 5] || (ARRAY['之家','工坊','物语','良品','生活','小铺','手作'])[1 + b % 7] AS zh
          FROM generate_series(1, 48) b) s
 CROSS JOIN LATERAL (SELECT coalesce(own, made || ' ' || b) AS name) n;

INSERT INTO catalog.suppliers (supplier_id, name, country_code, tax_number, contact_email, payment_days, active, created_at)
SELECT s, initcap(gen.one('sup.a', s, '{nord,ost,tai,min,yue,sil,cor,bal}') || gen.one('sup.b', s, '{lin,mar,gan,hua,vik,dor}')) || ' '
          || gen.one('sup.c', s, '{Trading,Manufacturing,Foods,Textiles,Imports}') || ' ' || s,
       gen.one('sup.country', s, '{CN,CN,CN,CN,CN,JP,KR,DE,VN,IT}'),
       '99' || lpad(gen.whole('sup.tax', s, 0, 999999999)::text, 9, '0') || lpad(s::text, 4, '0'),
       'orders.' || s || '@example.org', gen.one('sup.days', s, '{14,30,30,45,60}')::smallint, gen.roll('sup.active', s) > 0.06,
       gen.moment('sup.created', s, gen.whole('sup.back', s, 420, 1500))
  FROM generate_series(1, 80) s;

INSERT INTO catalog.products (product_id, sku, barcode, name, name_zh, category_id, brand_id, status, list_price, unit_cost,
                              weight_g, tags, attributes, launched_on, created_at, updated_at)
SELECT p, 'HP-' || lpad((10000 + p)::text, 5, '0'),
       gen.ean13('29' || lpad((p * 7919::bigint % 10000000000)::text, 10, '0')),
       gen.one('prod.a', p, '{Harbour,Pine,Tide,Lantern,Cedar,Dune,Linen,Copper,Moss,Granite,Willow,Amber}') || ' '
         || lower(c.name_en) || ' ' || gen.one('prod.b', p, '{no. 1,no. 2,classic,light,large,travel,family,set of 4,refill,gift box}'),
       CASE WHEN gen.roll('prod.zh', p) > 0.08 THEN gen.one('prod.a', p, '{港湾,青松,潮汐,灯笼,雪松,沙丘,亚麻,铜色,苔藓,花岗,垂柳,琥珀}') || c.name_zh
         || gen.one('prod.b', p, '{一号,二号,经典款,轻量款,大号,旅行装,家庭装,四件套,补充装,礼盒}') END,
       c.category_id, gen.favoured('prod.brand', p, 48),
       (CASE WHEN gen.roll('prod.status', p) < 0.86 THEN 'active' WHEN gen.roll('prod.status', p) < 0.95 THEN 'discontinued' ELSE 'draft' END)::catalog.product_status,
       price, round((price * (0.42 + 0.33 * gen.roll('prod.cost', p)))::numeric, 2),
       gen.whole('prod.weight', p, 40, 4800),
       CASE WHEN p % 5 = 0 THEN ARRAY['seasonal', '新品'] WHEN p % 3 = 0 THEN ARRAY['bestseller'] ELSE '{}' END,
       jsonb_build_object('colour', gen.one('prod.colour', p, '{sand,pine,ink,white,rust,grey}'),
                          'material', gen.one('prod.mat', p, '{cotton,steel,paper,glass,wood,mixed}'), 'shelf_life_days', CASE WHEN c.code LIKE 'FOOD%' THEN gen.whole('prod.shelf', p, 90, 720) END),
       gen.today() - gen.whole('prod.back', p, 401, 1200),
       gen.moment('prod.created', p, gen.whole('prod.back', p, 401, 1200) + 9),
       gen.moment('prod.updated', p, gen.whole('prod.touched', p, 1, 200))
  FROM generate_series(1, 900) p
  JOIN catalog.categories c ON c.category_id = 40 + gen.whole('prod.category', p, 1, 54)
 CROSS JOIN LATERAL (SELECT (5 + floor(exp(gen.roll('prod.price', p) * 4.4) * 4))::numeric - 0.10 AS price) m;

INSERT INTO catalog.product_prices (product_id, valid_from, price, reason)
SELECT product_id, gen.today() - 400 + step * 97, round(list_price * (0.9 + 0.04 * step), 2), (ARRAY['launch', 'yearly review', NULL, 'supplier'])[1 + step]
  FROM catalog.products CROSS JOIN generate_series(0, 3) step
 WHERE step = 0 OR gen.roll('price.step', product_id * 4 + step) < 0.4;

INSERT INTO catalog.product_suppliers (product_id, supplier_id, lead_days, preferred)
SELECT product_id, 1 + (product_id * 13 + k * 7) % 80, gen.whole('lead', product_id * 3 + k, 2, 40), k = 0
  FROM catalog.products CROSS JOIN generate_series(0, 2) k
 WHERE k = 0 OR gen.roll('second.source', product_id * 3 + k) < 0.3;
