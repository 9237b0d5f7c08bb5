using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// The server's own bounds on request heads. They are wider than the limits of the bootstrap, so that the mesh itself responds to a request
/// beyond those limits and other requests on the connection survive.
/// </summary>
/// <param name="Line">Bytes of the request line.</param>
/// <param name="Fields">Number of field lines; HTTP/2 pseudo-header fields count.</param>
/// <param name="Bytes">Bytes of all field lines. HTTP/2 clients receive this number as SETTINGS_MAX_HEADER_LIST_SIZE.</param>
internal readonly record struct HeadBounds(int Line, int Fields, int Bytes)
{
    /// <summary>Field lines that the mesh may add to a client's, including the framing fields of another protocol version.</summary>
    public const int MeshFields = 32;

    /// <summary>Bytes of those field lines.</summary>
    public const int MeshBytes = 16 * 1024;

    /// <summary>Bytes that a router may add to the request line.</summary>
    public const int MeshLine = 4 * 1024;

    /// <summary>Returns the bounds for <paramref name="limits"/>.</summary>
    public static HeadBounds Of(LimitsSpec limits) => new(
        (2 * limits.MaxRequestLineSize) + (2 * MeshLine),
        (4 * limits.MaxRequestHeaderCount) + (2 * MeshFields),
        (2 * limits.MaxRequestHeadersTotalSize) + (2 * MeshBytes));
}
