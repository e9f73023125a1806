const K=20;onRecordCreateRequest(e=>{if(e.record.getString("title").length>K)throw new BadRequestError("x");e.next()},"posts");routerAdd("GET","/v",e=>e.json(200,{v:1}))
