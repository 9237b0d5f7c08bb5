namespace GatewayMesh.Configuration.Document;

/// <summary>A key without a value, <c>null</c>, or <c>~</c>. Readers treat the key as absent.</summary>
/// <param name="location">Location of the value.</param>
public sealed class ConfigNull(SourceLocation location) : ConfigNode(location)
{
    /// <inheritdoc/>
    public override string Noun => "nothing";
}
