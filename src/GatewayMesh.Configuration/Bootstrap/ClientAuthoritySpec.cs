using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A PEM file of certificate authorities for clients.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Location">Location in the bootstrap, for errors.</param>
/// <param name="Path">Path of the key in the bootstrap.</param>
public sealed record ClientAuthoritySpec(string File, SourceLocation Location, string Path);
