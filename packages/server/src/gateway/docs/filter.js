// Narrows a page of the documentation down to the entries that hold all words of the search field.
const field = document.querySelector('[data-filter]');
const count = document.querySelector('[data-count]');
const entries = [...document.querySelectorAll('[data-entry]')];

field.closest('[hidden]').hidden = false;
field.addEventListener('input', () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const entry of entries) {
    const text = entry.textContent.toLowerCase();
    entry.hidden = !words.every((word) => text.includes(word));
    if (!entry.hidden) shown += 1;
  }
  count.value = words.length ? `${shown} of ${entries.length}` : '';
  for (const section of document.querySelectorAll('section'))
    section.hidden = !section.querySelector('[data-entry]:not([hidden])');
});
