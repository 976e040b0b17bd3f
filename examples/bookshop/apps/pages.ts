// The shop's pages as text. Everything that came from elsewhere goes through `escaped`.

import type { Book, BookList, Order, Review, ReviewList, Suggestion } from "./books.ts";
import { LIVE_SCRIPT } from "./live-script.ts";
import { STYLE } from "./style.ts";

export type Shown = { readonly user: string };

const COUNTRIES = ["DE", "AT", "FR", "GB", "US"] as const;
const NOBODY: Shown = { user: "" };

export type Front = {
  readonly query: string;
  readonly visits: number | undefined; // where the store knows it
};

export function frontPage(shown: Shown, list: BookList, { query, visits }: Front): string {
  const found =
    query === ""
      ? `${list.total} books, all of them read.`
      : `${list.books.length || "No"} ${list.books.length === 1 ? "book" : "books"} for ` +
        `“${escaped(query)}”. <a href="/">Show all</a>`;
  return layout(
    shown,
    "Bookshop",
    `<form class="search" action="/" role="search">
      <input name="query" value="${escaped(query)}" placeholder="Title, author or shelf"
        aria-label="Search" maxlength="80">
      <button>Search</button>
    </form>
    <p class="note">${found} <span class="badge">catalog ${escaped(list.version)}</span></p>
    <ul class="books">${list.books.map(card).join("")}</ul>
    ${visits === undefined ? "" : `<p class="note">You are visit ${visits}.</p>`}
    <aside class="live" hidden><h2>Just ordered</h2><ul></ul></aside>
    <script>${LIVE_SCRIPT}</script>`,
  );
}

// Undefined: what can't be had just now.
export type Besides = {
  readonly list: ReviewList | undefined;
  readonly suggestions: readonly Suggestion[] | undefined;
};

export function bookPage(shown: Shown, book: Book, { list, suggestions }: Besides): string {
  return layout(
    shown,
    book.title,
    `<article class="book">
      ${cover(book)}
      <div>
        <h1>${escaped(book.title)}</h1>
        <p class="author">${escaped(book.author)}, ${book.year}</p>
        <p class="note">${escaped(book.shelf)} · ${book.pages} pages</p>
        ${pick(book)}
        ${orderForm(book)}
      </div>
    </article>
    ${list ? reviews(list) : `<p class="sorry">Reviews are not available just now.</p>`}
    ${suggestions && suggestions.length > 0 ? alsoLiked(suggestions) : ""}`,
  );
}

export function orderPage(shown: Shown, order: Order): string {
  return layout(
    shown,
    "Thank you",
    `<h1>Thank you!</h1>
    <p>Order ${order.id}: ${order.quantity} × <b>${escaped(order.title)}</b> to
      ${escaped(order.country)}, there in ${order.days} days.</p>
    <table>
      <tr><td>Books</td><td>${money(order.priceCents)}</td></tr>
      <tr><td>Shipping</td><td>${money(order.shippingCents)}</td></tr>
      <tr class="total"><td>Total</td><td>${money(order.totalCents)}</td></tr>
    </table>
    <p><a href="/">Back to the books</a></p>`,
  );
}

export function errorPage(status: number, message: string): string {
  return layout(
    NOBODY,
    "Sorry",
    `<h1>Sorry</h1><p class="sorry">${escaped(message)} (${status}).</p>
    <p><a href="/">Back to the books</a></p>`,
  );
}

function layout({ user }: Shown, title: string, main: string): string {
  const who =
    user === ""
      ? `<a href="/sign-in?user=tester">Sign in as tester</a>`
      : `${escaped(user)} · <a href="/sign-in">Sign out</a>`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>${escaped(title)}</title>
  <style>${STYLE}</style>
</head>
<body>
  <header><a class="name" href="/">Bookshop</a><nav>${who}</nav></header>
  <main>${main}</main>
</body>
</html>
`;
}

function card(book: Book): string {
  return `<li><a href="/books/${book.id}">${cover(book)}
    <b>${escaped(book.title)}</b></a>
    <span class="author">${escaped(book.author)}, ${book.year}</span>
    <span class="price">${money(book.priceCents)}</span>${pick(book)}</li>`;
}

// Drawn, so that the shop needs no pictures: a colour of its own for each book.
function cover(book: Book): string {
  return `<span class="cover" style="--hue:${(book.id * 47) % 360}" aria-hidden="true">
    <i>${escaped(book.title)}</i></span>`;
}

function pick({ staffPick }: Book): string {
  return staffPick === undefined ? "" : `<span class="pick">Our pick: ${escaped(staffPick)}</span>`;
}

function orderForm(book: Book): string {
  const countries = COUNTRIES.map((country) => `<option>${country}</option>`).join("");
  return `<form class="order" method="post" action="/orders">
    <input type="hidden" name="bookId" value="${book.id}">
    <span class="price">${money(book.priceCents)}</span>
    <label>Copies <input type="number" name="quantity" value="1" min="1" max="20"></label>
    <label>To <select name="country">${countries}</select></label>
    <button>Order</button>
  </form>`;
}

function reviews(list: ReviewList): string {
  const missing =
    list.ratingsError === undefined
      ? ""
      : `<p class="sorry">Ratings are not available just now.</p>`;
  return `<section>
    <h2>Reviews <span class="badge">reviews ${escaped(list.version)}</span></h2>
    ${missing}
    ${list.reviews.map((one) => review(one, list.starColour)).join("")}
  </section>`;
}

function alsoLiked(suggestions: readonly Suggestion[]): string {
  const links = suggestions.map(
    ({ bookId, title }) => `<li><a href="/books/${bookId}">${escaped(title)}</a></li>`,
  );
  return `<section><h2>From the same shelf</h2><ul>${links.join("")}</ul></section>`;
}

function review({ reviewer, text, stars }: Review, colour: ReviewList["starColour"]): string {
  const shown =
    stars === undefined || colour === undefined
      ? ""
      : `<span class="stars ${colour}" title="${stars} of 5">` +
        `${"★".repeat(stars)}${"☆".repeat(5 - stars)}</span>`;
  return `<blockquote>${shown}<p>${escaped(text)}</p><cite>${escaped(reviewer)}</cite></blockquote>`;
}

function money(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
