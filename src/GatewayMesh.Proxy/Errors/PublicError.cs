namespace GatewayMesh.Proxy.Errors;

/// <summary>An error as shown to clients outside the mesh: details that may name services, nodes, or certificates are removed.</summary>
internal static class PublicError
{
    /// <summary>Returns the error without its details, unless they describe only the client's own request or an injected fault.</summary>
    public static MeshError Of(in MeshError error) => IsAboutRequest(error.Shown) ? error : error with { Details = null };

    private static bool IsAboutRequest(MeshErrorKind kind) => kind
        is MeshErrorKind.RequestMalformed
            or MeshErrorKind.RequestTooLarge
            or MeshErrorKind.RequestTimeout
            or MeshErrorKind.MethodNotAllowed
            or MeshErrorKind.ExpectationFailed
            or MeshErrorKind.VersionNotSupported
            or MeshErrorKind.FaultInjected
            or MeshErrorKind.JwtRefused
            or MeshErrorKind.JwtInsufficient;
}
