"use strict";
/// <reference path="../pb_data/types.d.ts" />
onRecordCreateRequest(function (e) {
    var utils_1 = (function () {
        function slugify(text) {
            return text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
        }
        return { slugify: slugify };
    })();
    var title = e.record.getString("title");
    e.record.set("slug", (0, utils_1.slugify)(title));
    e.next();
}, "posts");
