onRecordCreate(e=>{const{slugify:s}=require(`${__hooks}/utils.js`),r=e.record;r.set("slug",s(r.getString("title")));e.next()},"posts")
