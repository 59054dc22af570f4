// What lies over the page. While something does, keys and pictures that are pasted or dropped are not the page's.

const OPEN = "dialog[open], .mud-dialog, .mask-dialog:not([hidden]), [role=dialog]:popover-open";

export const openDialog = () => document.querySelector(OPEN);
