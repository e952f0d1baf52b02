-- Customers and staff: invented from syllables; mail at example.com, numbers that no network assigns.

INSERT INTO crm.customers (customer_id, customer_no, full_name, email, phone, birth_date, gender, language, marketing, preferences, created_at, updated_at)
SELECT c, 'C' || lpad(c::text, 7, '0'),
       CASE WHEN zh THEN gen.chinese_name(c) ELSE gen.latin_name(c) END,
       lower(replace(gen.latin_name(c), ' ', '.')) || c || CASE WHEN c % 3 = 0 THEN '@example.org' ELSE '@example.com' END,
       CASE WHEN zh THEN '+86100' || lpad(gen.whole('cust.phone', c, 0, 9999999)::text, 7, '0') ELSE '+447700900' || lpad(gen.whole('cust.phone', c, 0, 999)::text, 3, '0') END,
       CASE WHEN gen.roll('cust.born', c) > 0.12 THEN gen.today() - gen.whole('cust.age', c, 18 * 365, 80 * 365) END,
       CASE WHEN gen.roll('cust.gender', c) < 0.46 THEN 'f' WHEN gen.roll('cust.gender', c) < 0.88 THEN 'm' END,
       CASE WHEN zh THEN 'zh' ELSE 'en' END,
       gen.roll('cust.marketing', c) < 0.55,
       jsonb_build_object('newsletter', gen.one('cust.news', c, '{weekly,monthly,never}'), 'favourite_store', gen.whole('cust.store', c, 1, 14)),
       created, created + make_interval(days => gen.whole('cust.touched', c, 0, back))
  FROM generate_series(1, 6000) c
 CROSS JOIN LATERAL (SELECT gen.roll('cust.zh', c) < 0.66 AS zh, 1 + (6000 - c) * 700 / 6000 AS back) b
 CROSS JOIN LATERAL (SELECT gen.moment('cust.created', c, back) AS created) d;

INSERT INTO crm.addresses (address_id, customer_id, kind, line1, line2, district, city, province, postcode, country_code, is_default, created_at)
SELECT row_number() OVER (ORDER BY c.customer_id, k), c.customer_id, CASE k WHEN 0 THEN 'shipping' WHEN 1 THEN 'billing' ELSE 'shipping' END,
       CASE WHEN c.language = 'zh' THEN gen.one('adr.road', n, '{望港路,松林街,灯塔巷,渡口路,盐田街,石桥弄,风帆大道}') || gen.whole('adr.no', n, 1, 320) || '号'
            ELSE gen.whole('adr.no', n, 1, 320) || ' ' || gen.one('adr.street', n, '{Harbour Road,Pine Lane,Lighthouse Street,Ferry Walk,Salt Row}') END,
       CASE WHEN gen.roll('adr.two', n) < 0.4 THEN gen.whole('adr.floor', n, 1, 30) || CASE WHEN c.language = 'zh' THEN '楼' ELSE 'F' END END,
       NULL, place.city, place.province, place.postcode || lpad(gen.whole('adr.post', n, 0, 999)::text, 3, '0'), place.country, k < 2, c.created_at
  FROM crm.customers c
 CROSS JOIN generate_series(0, 2) k
 CROSS JOIN LATERAL (SELECT c.customer_id * 3 + k AS n) m
  JOIN (VALUES (1, '上海', '上海', '200', 'CN'), (2, '杭州', '浙江', '310', 'CN'), (3, '宁波', '浙江', '315', 'CN'), (4, '青岛', '山东', '266', 'CN'),
               (5, '厦门', '福建', '361', 'CN'), (6, '成都', '四川', '610', 'CN'), (7, '广州', '广东', '510', 'CN'), (8, '大连', '辽宁', '116', 'CN'),
               (9, 'Bristol', 'England', 'BS1', 'GB'), (10, 'Hamburg', 'Hamburg', '204', 'DE'), (11, 'Osaka', 'Osaka', '530', 'JP'), (12, 'Busan', 'Busan', '480', 'KR')
       ) place(id, city, province, postcode, country)
    ON place.id = CASE WHEN c.language = 'zh' THEN gen.whole('adr.city', n, 1, 8) ELSE gen.whole('adr.city', n, 9, 12) END
 WHERE k = 0 OR (k = 1 AND gen.roll('adr.billing', c.customer_id) < 0.2) OR (k = 2 AND gen.roll('adr.more', c.customer_id) < 0.08);

INSERT INTO crm.identity_checks (check_id, customer_id, resident_id, purpose, passed, checked_at)
SELECT row_number() OVER (ORDER BY customer_id), customer_id, gen.resident_id(customer_id, date '1950-01-01' + gen.whole('id.born', customer_id, 0, 18000)),
       'customs', gen.roll('id.passed', customer_id) > 0.02, updated_at
  FROM crm.customers
 WHERE language = 'zh' AND gen.roll('id.asked', customer_id) < 0.5;

INSERT INTO crm.loyalty_accounts (customer_id, tier, points, discount, joined_on)
SELECT customer_id, tier, gen.whole('loyal.points', customer_id, 0, 9000), CASE tier WHEN 'pine' THEN 8 WHEN 'gold' THEN 5 WHEN 'silver' THEN 2 ELSE 0 END, created_at::date
  FROM crm.customers
 CROSS JOIN LATERAL (SELECT CASE WHEN gen.roll('loyal.tier', customer_id) < 0.62 THEN 'bronze' WHEN gen.roll('loyal.tier', customer_id) < 0.87 THEN 'silver'
                                 WHEN gen.roll('loyal.tier', customer_id) < 0.97 THEN 'gold' ELSE 'pine' END AS tier) t
 WHERE gen.roll('loyal', customer_id) < 0.6;

INSERT INTO hr.departments (department_id, name, name_zh)
VALUES (1, 'Stores', '门店'), (2, 'Logistics', '物流'), (3, 'Buying', '采购'), (4, 'Web', '电商'), (5, 'Data', '数据'), (6, 'Finance', '财务'), (7, 'People', '人事');

INSERT INTO hr.employees (employee_id, department_id, manager_id, store_id, full_name, email, job_title, salary, bank_account, hired_on, left_on)
SELECT e, CASE WHEN e <= 7 THEN e ELSE least(7, gen.favoured('emp.dep', e, 7)) END, CASE WHEN e > 1 THEN greatest(1, e / 6) END,
       CASE WHEN e > 30 AND gen.roll('emp.store', e) < 0.6 THEN gen.whole('emp.which', e, 1, 14) END,
       CASE WHEN gen.roll('emp.zh', e) < 0.7 THEN gen.chinese_name(100000 + e) ELSE gen.latin_name(100000 + e) END,
       'staff' || e || '@example.com', CASE WHEN e = 1 THEN 'Director' WHEN e <= 7 THEN 'Head' WHEN e <= 30 THEN 'Lead' ELSE gen.one('emp.job', e, '{Assistant,Clerk,Driver,Analyst,Buyer}') END,
       round((CASE WHEN e = 1 THEN 60000 WHEN e <= 7 THEN 38000 WHEN e <= 30 THEN 21000 ELSE 8500 END * (0.85 + 0.3 * gen.roll('emp.pay', e)))::numeric, 2),
       '9900' || lpad(gen.whole('emp.bank', e, 0, 999999999)::text, 12, '0'),
       gen.today() - gen.whole('emp.hired', e, 60, 3600),
       CASE WHEN e > 30 AND gen.roll('emp.left', e) < 0.12 THEN gen.today() - gen.whole('emp.gone', e, 1, 55) END
  FROM generate_series(1, 240) e;
