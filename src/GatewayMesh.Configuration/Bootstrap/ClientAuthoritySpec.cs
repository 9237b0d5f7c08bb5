using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A file of authorities in PEM.</summary>
/// <param name="File">The file.</param>
/// <param name="Location">Where this was said, for errors.</param>
/// <param name="Path">Path of the key in the bootstrap.</param>
public sealed record ClientAuthoritySpec(string File, SourceLocation Location, string Path);
