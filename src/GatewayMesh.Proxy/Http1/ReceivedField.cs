using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>A field line as ranges of its head.</summary>
/// <param name="Known">The field, if it is a known one.</param>
/// <param name="Name">Range of the name.</param>
/// <param name="Value">Range of the value without surrounding whitespace.</param>
/// <param name="IsTwin">True for the underscore spelling of a framing field or of a field of the mesh.</param>
internal readonly record struct ReceivedField(KnownField Known, ByteRange Name, ByteRange Value, bool IsTwin);
