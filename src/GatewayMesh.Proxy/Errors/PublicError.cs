namespace GatewayMesh.Proxy.Errors;

/// <summary>An error as clients outside the mesh hear of it: details that may name services, nodes or certificates stay inside.</summary>
internal static class PublicError
{
    /// <summary>The error without its details, unless they speak of the client's own request alone.</summary>
    public static MeshError Of(in MeshError error) => SpeaksOfTheRequest(error.Kind) ? error : error with { Details = null };

    private static bool SpeaksOfTheRequest(MeshErrorKind kind) => kind
        is MeshErrorKind.RequestMalformed or MeshErrorKind.RequestTooLarge or MeshErrorKind.RequestTimeout or MeshErrorKind.MethodNotAllowed;
}
