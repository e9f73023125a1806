"""The names that PocketBase v0.23+ gives to hooks in JavaScript, and what became of those of v0.22."""

from __future__ import annotations

import re

_CHANGES = ("Create", "Update", "Delete")
HOOKS = {
    *("onBootstrap", "onBootstrapClear", "onTerminate", "onBackupCreate", "onBackupRestore", "onBatchRequest"),
    *("onSettingsListRequest", "onSettingsUpdateRequest", "onSettingsReload", "onFileDownloadRequest"),
    *("onFileTokenRequest", "onMailerSend", "onMailerRecordAuthAlertSend", "onMailerRecordEmailChangeSend"),
    *("onMailerRecordOTPSend", "onMailerRecordPasswordResetSend", "onMailerRecordVerificationSend"),
    *("onRealtimeConnectRequest", "onRealtimeMessageSend", "onRealtimeSubscribeRequest", "onRecordEnrich"),
    *("onCollectionsListRequest", "onCollectionViewRequest", "onCollectionsImportRequest", "onRecordsListRequest"),
    *("onRecordViewRequest", "onRecordAuthRequest", "onRecordAuthRefreshRequest", "onRecordAuthWithPasswordRequest"),
    *("onRecordAuthWithOAuth2Request", "onRecordAuthWithOTPRequest", "onRecordRequestOTPRequest"),
    *("onRecordRequestPasswordResetRequest", "onRecordConfirmPasswordResetRequest"),
    *("onRecordRequestVerificationRequest", "onRecordConfirmVerificationRequest"),
    *("onRecordRequestEmailChangeRequest", "onRecordConfirmEmailChangeRequest"),
    *(f"on{what}Validate" for what in ("Model", "Record", "Collection")),
    *(
        f"on{what}{change}{part}"
        for what in ("Model", "Record", "Collection")
        for change in _CHANGES
        for part in ("", "Execute")
    ),
    *(f"on{what}{change}Request" for what in ("Record", "Collection") for change in _CHANGES),
    *(
        f"on{what}After{change}{end}"
        for what in ("Model", "Record", "Collection")
        for change in _CHANGES
        for end in ("Success", "Error")
    ),
}
_RENAMED = {
    "onBeforeServe": "routerAdd, routerUse or cronAdd at the top of the file",
    "onBeforeBootstrap": "onBootstrap, with the code before e.next()",
    "onAfterBootstrap": "onBootstrap, with the code after e.next()",
    "onBeforeApiError": "routerUse, with try and catch around e.next()",
    "onAfterApiError": "routerUse, with try and catch around e.next()",
    "onRealtimeDisconnectRequest": "onRealtimeConnectRequest, with the code after e.next()",
    "onRealtimeBeforeMessageSend": "onRealtimeMessageSend",
    "onRecordBeforeUnlinkExternalAuthRequest": "onRecordDeleteRequest of _externalAuths",
    "onRecordListExternalAuthsRequest": "onRecordsListRequest of _externalAuths",
}


def replacement(name: str) -> str:
    """Return what an unknown hook name is called since v0.23, or the nearest name; "" where nothing is near."""
    from _pb.schema.findings import nearest

    if name in _RENAMED:
        return _RENAMED[name]
    name = name.replace("onAdmin", "onRecord")
    model = re.fullmatch(r"onModel(Before|After)(Create|Update|Delete)", name)
    if model:
        return f"onModel{model[2]}" if model[1] == "Before" else f"onModelAfter{model[2]}Success"
    order = re.search(r"Before|After", name)
    plain = re.sub(r"Before|After", "", name)
    if order and plain in HOOKS:
        return plain + (", with the code after e.next()" if order[0] == "After" else "")
    return nearest(name, HOOKS) or ""
