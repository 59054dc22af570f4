// Sends a weights file as the request's body; the page hears of its progress from the studio, as of a download's.
export async function upload(input, url) {
  const file = input.files[0];
  if (!file) return;
  try {
    await fetch(`${url}?name=${encodeURIComponent(file.name)}`, { method: 'PUT', body: file });
  } catch {
    // The connection was cut: the studio has seen that, too, and says so on the page.
  } finally {
    input.value = '';
  }
}
