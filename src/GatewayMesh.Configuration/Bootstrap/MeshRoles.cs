namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Words of <see cref="MeshRole"/>.</summary>
public static class MeshRoles
{
    /// <summary>Returns the word in files, options, tags, and documents: <c>sidecar</c>, <c>gateway</c>, or <c>ingress</c>.</summary>
    public static string Word(this MeshRole role) => role switch
    {
        MeshRole.Sidecar => "sidecar",
        MeshRole.Gateway => "gateway",
        _ => "ingress",
    };
}
