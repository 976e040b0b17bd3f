// What the shop's services tell each other.

export type Book = {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  readonly year: number;
  readonly shelf: string;
  readonly pages: number;
  readonly grams: number;
  readonly priceCents: number;
  readonly staffPick?: string; // from catalog v2
};

export type BookList = {
  readonly version: string;
  readonly total: number;
  readonly books: readonly Book[];
};

export type Review = {
  readonly reviewer: string;
  readonly text: string;
  readonly stars?: number; // from reviews v2
};

export type ReviewList = {
  readonly version: string;
  readonly bookId: number;
  readonly reviews: readonly Review[];
  readonly starColour?: "black" | "red";
  readonly ratingsError?: string; // where stars are missing because ratings failed
};

export type RatingList = {
  readonly bookId: number;
  readonly average: number;
  readonly ratings: readonly { readonly reviewer: string; readonly stars: number }[];
};

export type Suggestion = {
  readonly bookId: number;
  readonly title: string;
};

export type Quote = {
  readonly country: string;
  readonly grams: number;
  readonly cents: number;
  readonly days: number;
};

export type Order = {
  readonly id: number;
  readonly bookId: number;
  readonly title: string;
  readonly quantity: number;
  readonly country: string;
  readonly priceCents: number;
  readonly shippingCents: number;
  readonly totalCents: number;
  readonly days: number;
};

// What everybody may see of an order.
export type LiveOrder = Pick<Order, "bookId" | "title" | "quantity" | "country">;
