namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>What an operator must show on the admin address: one of the two is set. Never printed.</summary>
/// <param name="Token">The token itself (<c>adminToken</c>), or null.</param>
/// <param name="File">The file that it stands in (<c>adminTokenFile</c>), read again when it changes; or null.</param>
public sealed record AdminTokenSpec(string? Token, string? File)
{
    /// <summary>Which of the two, without the token.</summary>
    public override string ToString() => File is null ? "adminToken" : $"adminTokenFile {File}";
}
