using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Bounds that the server itself holds request heads to. They are wider than the limits of the bootstrap, so that a request beyond those is refused with an
/// answer of the mesh and its siblings on the connection live on.
/// </summary>
/// <param name="Line">Bytes of the request line.</param>
/// <param name="Fields">Field lines; of HTTP/2 the pseudo-header fields count.</param>
/// <param name="Bytes">Bytes of all field lines. The server tells clients of HTTP/2 this number (SETTINGS_MAX_HEADER_LIST_SIZE).</param>
internal readonly record struct HeadBounds(int Line, int Fields, int Bytes)
{
    /// <summary>Field lines that parts of the mesh may add to a client's, with those of the framing of another protocol version.</summary>
    public const int MeshFields = 32;

    /// <summary>Bytes of those field lines.</summary>
    public const int MeshBytes = 16 * 1024;

    /// <summary>Bytes by which a router may lengthen the request line.</summary>
    public const int MeshLine = 4 * 1024;

    /// <summary>The bounds around <paramref name="limits"/>.</summary>
    public static HeadBounds Of(LimitsSpec limits) => new(
        (2 * limits.MaxRequestLineSize) + (2 * MeshLine),
        (4 * limits.MaxRequestHeaderCount) + (2 * MeshFields),
        (2 * limits.MaxRequestHeadersTotalSize) + (2 * MeshBytes));
}
