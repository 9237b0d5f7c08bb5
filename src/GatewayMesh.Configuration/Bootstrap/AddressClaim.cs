using System.Net;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>An address to listen on and the location of its key, which an error names when the address cannot be bound.</summary>
/// <param name="Address">Address to listen on.</param>
/// <param name="Location">File and line, option, or variable.</param>
/// <param name="Path">Path of the key.</param>
public sealed record AddressClaim(IPEndPoint Address, SourceLocation Location, string Path);
