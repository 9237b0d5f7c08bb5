namespace GatewayMesh.Configuration.Document;

/// <summary>A key without a value, <c>null</c> or <c>~</c>. Readers take it for absent.</summary>
/// <param name="location">Where it stands.</param>
public sealed class ConfigNull(SourceLocation location) : ConfigNode(location)
{
    /// <inheritdoc/>
    public override string Noun => "nothing";
}
