"""The words that the benchmark's world is named with, in Latin and Chinese script."""

from __future__ import annotations

LATIN_SITES = (
    "London", "Leeds", "Manchester", "Bristol", "Glasgow", "Edinburgh", "Birmingham", "Liverpool", "Cardiff",
    "Berlin", "München", "Köln", "Zürich", "Genève", "Paris", "Orléans", "Málaga", "Córdoba", "São Paulo",
    "Kraków", "Łódź", "Malmö", "Göteborg", "Reykjavík", "Québec", "Boston",
)  # fmt: skip
CHINESE_SITES = (
    "厦门", "上海", "北京", "深圳", "广州", "成都", "杭州", "南京", "武汉", "西安", "苏州", "重庆", "青岛", "福州",
)  # fmt: skip
LATIN_ROLES = ("HQ", "Warehouse", "Call centre", "Showroom", "Factory", "Annexe", "Clinic", "Depot")
CHINESE_ROLES = ("总部", "分公司", "工厂", "客服中心", "仓库", "研发中心")
LATIN_PURPOSES = ("Inbound", "Outbound", "Overflow", "Backup", "Fax", "Hotline", "Agents at home")
CHINESE_PURPOSES = ("呼入", "呼出", "备用线路", "传真", "热线", "移动线路")
CARRIERS = ("gamma", "voxbone", "telefonica", "colt", "sipgate", "twilio", "vodafone", "orange")
TEAMS = (
    "sales", "support", "billing", "reception", "claims", "hours", "after-hours", "desk", "front-desk", "night shift",
)  # fmt: skip
CHINESE_TEAMS = ("销售部", "技术部", "客服部", "财务部", "前台", "值班", "夜间-值班")
FIRST_NAMES = (
    "Aisha", "Ben", "Chloé", "Dev", "Elena", "Finn", "Grace", "Hassan", "Isla", "Jamal", "Kasia", "Léo", "Maya",
    "Noah", "Orla", "Pavel", "Quinn", "Rosa", "Sam", "Tara", "Umar", "Vera", "Will", "Ximena", "Yusuf", "Zoë",
    "Alice", "André", "Björn", "Carmen", "David", "Emma", "Fatima", "George", "Helen", "Ivan", "Julia", "Karl",
    "Lucía", "Marek", "Nina", "Oscar", "Paula", "Ravi", "Sofia", "Tomás", "Ursula", "Viktor", "Wanda", "Zuzana",
)  # fmt: skip
LAST_NAMES = (
    "Adams", "Baker", "Choudhury", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal", "Jones", "Khan", "Lewis",
    "Murphy", "Novák", "Owusu", "Patel", "Quigley", "Roberts", "Singh", "Turner", "Underwood", "Vasquez", "Walker",
    "Xu", "Young", "Zimmermann", "Andersson", "Brown", "Clarke", "Dubois", "Eriksen", "Ferrari", "García", "Hansen",
    "Ibrahim", "Jansen", "Kowalski", "Larsen", "Müller", "Nguyen", "O'Brien", "Petrov", "Rossi", "Schmidt", "Taylor",
    "Ueda", "Virtanen", "Weber", "Yilmaz", "Zhang",
)  # fmt: skip
CHINESE_LAST_NAMES = tuple("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹")
CHINESE_FIRST_NAMES = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建国志文红玉兰秀梅春燕雪婷浩宇轩子涵欣怡嘉琪思雨晨曦"
)
MALFORMED = ("anonymous", "CLIR only", "匿名", "withheld number", "not set", "n/a")
ODD_TARGETS = ("voicemail", "lobby phone", "会议室", "12345678", "ext 1001")
