namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>The token required by the admin address, inline or in a file; exactly one of the two is set. Never printed.</summary>
/// <param name="Token">Inline token (<c>adminToken</c>), or null.</param>
/// <param name="File">File that contains the token (<c>adminTokenFile</c>), read again when the file changes; or null.</param>
public sealed record AdminTokenSpec(string? Token, string? File)
{
    /// <summary>Source of the token, without the token itself.</summary>
    public override string ToString() => File is null ? "adminToken" : $"adminTokenFile {File}";
}
