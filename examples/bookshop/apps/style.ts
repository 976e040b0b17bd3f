// How the shop's pages look. Part of every page: one request shows all of it.

export const STYLE = `
:root { --paper: #fbf8f2; --ink: #2b2622; --soft: #7a7068; --line: #e4dccf; --accent: #9c3d22; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 Georgia, "Times New Roman", serif; }
header { display: flex; justify-content: space-between; align-items: baseline; padding: 1rem 2rem;
  border-bottom: 1px solid var(--line); background: #fff; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 2rem 4rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
.name { font-size: 1.4rem; font-weight: bold; color: var(--ink); }
h1 { margin: 0 0 .25rem; line-height: 1.15; }
.note, .author { color: var(--soft); }
.badge { margin-left: .5rem; padding: .1rem .5rem; border: 1px solid var(--line);
  border-radius: 1rem; font: 12px/1.6 system-ui, sans-serif; color: var(--soft); }
.search { display: flex; gap: .5rem; }
.search input { flex: 1; }
input, select, button { font: inherit; padding: .4rem .7rem; border: 1px solid var(--line);
  border-radius: .3rem; background: #fff; color: inherit; }
button { background: var(--accent); border-color: var(--accent); color: #fff; cursor: pointer; }
.books { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr));
  gap: 1.75rem 1.25rem; margin: 1rem 0; padding: 0; list-style: none; }
.books li { display: flex; flex-direction: column; font-size: .92rem; }
.books b { display: block; line-height: 1.25; }
.cover { display: flex; align-items: center; aspect-ratio: 2 / 3; margin-bottom: .5rem;
  padding: 1rem; border-radius: .2rem .4rem .4rem .2rem; color: #fff;
  background: linear-gradient(100deg, hsl(var(--hue) 35% 26%) 5%, hsl(var(--hue) 38% 38%) 7%);
  box-shadow: 0 2px 8px #0003; }
.cover i { font-size: 1.05rem; line-height: 1.25; overflow-wrap: anywhere; }
.price { font-weight: bold; }
.pick { display: inline-block; margin-top: .25rem; color: var(--accent); font-style: italic; }
.book { display: grid; grid-template-columns: 12rem 1fr; gap: 2rem; }
.order { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin-top: 1.5rem; }
.order .price { font-size: 1.4rem; }
.order input { width: 4.5rem; }
blockquote { margin: 0 0 1rem; padding: .75rem 1.25rem; background: #fff;
  border: 1px solid var(--line); border-radius: .4rem; }
blockquote p { margin: .25rem 0; }
cite { color: var(--soft); }
.stars { letter-spacing: .1em; }
.stars.black { color: #000; }
.stars.red { color: #c8102e; }
.sorry { padding: .75rem 1.25rem; border-left: 3px solid var(--accent); background: #fff; }
.live { position: fixed; right: 1.5rem; bottom: 1.5rem; width: 18rem; padding: .75rem 1rem;
  border: 1px solid var(--line); border-radius: .4rem; background: #fff; font-size: .9rem; }
.live h2 { margin: 0 0 .25rem; font-size: 1rem; }
.live ul { margin: 0; padding: 0; list-style: none; }
td { padding: .25rem 2rem .25rem 0; }
td + td { text-align: right; }
.total td { border-top: 1px solid var(--line); font-weight: bold; }
@media (max-width: 40rem) { .book { grid-template-columns: 1fr; } .cover { max-width: 12rem; } }
`;
