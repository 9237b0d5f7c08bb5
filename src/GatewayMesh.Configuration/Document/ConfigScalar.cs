namespace GatewayMesh.Configuration.Document;

/// <summary>One value as text; readers give it a type.</summary>
/// <param name="text">The text.</param>
/// <param name="location">Where it begins.</param>
public sealed class ConfigScalar(string text, SourceLocation location) : ConfigNode(location)
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string Noun => Quoted.Of(Text);
}
