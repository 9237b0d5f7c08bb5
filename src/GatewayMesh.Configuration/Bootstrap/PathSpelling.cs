namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>
/// Handling, at an ingress, of paths that have more than one spelling. A rule about one spelling could otherwise be bypassed by another.
/// </summary>
public enum PathSpelling
{
    /// <summary>
    /// Normalizes the path (RFC 3986 §6.2.2, and <c>//</c> as <c>/</c>). A path without a normal form (<c>%2f</c>, <c>%5c</c>, <c>%00</c>)
    /// is answered 400. The default.
    /// </summary>
    Normalize,

    /// <summary>Answers every path that is not in normal form with 400.</summary>
    Reject,

    /// <summary>
    /// Forwards the path as received. Rules about paths can then be bypassed if the application reads the path differently from the mesh.
    /// </summary>
    Off,
}
