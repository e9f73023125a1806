onRecordCreate((e) => {
    const titulo = e.record.getString("title");
    // primera letra en mayúscula
    e.record.set("title", titulo.charAt(0).toUpperCase() + titulo.slice(1));
}, "posts")
