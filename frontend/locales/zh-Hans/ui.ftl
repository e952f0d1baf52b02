# 各页共用
ui-breadcrumb = 路径
ui-pager = 翻页
ui-shown = { $n ->
   *[other] 显示 { $n } 项
}
ui-shown-of = { $n } / { $total }
ui-previous = 上一页
ui-next = 下一页
ui-added = 新增
ui-removed = 移除
ui-changed = 更改
ui-filter = 筛选
ui-back = 返回
ui-save = 保存
ui-edit = 编辑
ui-all = 全部
