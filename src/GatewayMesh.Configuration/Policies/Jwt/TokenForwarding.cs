using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>
/// The claims of an accepted token as a header field for the application (Consul: <c>Forwarding</c>): JSON in base64url. A client's own
/// fields of this name are always removed.
/// </summary>
/// <param name="HeaderName">Name of the field.</param>
/// <param name="Pad">True to pad the text with <c>=</c>. Default: false.</param>
public sealed record TokenForwarding(string HeaderName, bool Pad = false)
{
    /// <summary>Type of a field's name. <c>Authorization</c> belongs to the token itself.</summary>
    internal static ScalarType<string> FieldName { get; } = Headers.HeaderName.Type with
    {
        Read = text => text.Equals("authorization", StringComparison.OrdinalIgnoreCase)
            ? Scalar.Bad<string>("authorization is the field of the token itself", "use another field, such as x-user")
            : Headers.HeaderName.Type.Read(text),
    };

    /// <summary>Reads <c>forwarding</c>; null if absent.</summary>
    internal static TokenForwarding? BindOrNull(MappingReader reader) => reader.Has("forwarding")
        ? reader.Section("forwarding", section => new TokenForwarding(
            section.Required("headerName", FieldName) ?? "",
            section.Optional("padForwardPayloadHeader", ScalarTypes.Flag, false)))
        : null;
}
