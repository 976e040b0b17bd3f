// How to get in again.

export function LoggedOut() {
  return (
    <p class="logged-out" role="alert">
      This session has ended. Run <code>weft dashboard</code> for a new link; this page goes on by
      itself once you have followed it.
    </p>
  );
}
