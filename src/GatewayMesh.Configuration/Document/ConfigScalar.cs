namespace GatewayMesh.Configuration.Document;

/// <summary>A single value as text; readers convert the text to a type.</summary>
/// <param name="text">Text of the value.</param>
/// <param name="location">Start of the value.</param>
public sealed class ConfigScalar(string text, SourceLocation location) : ConfigNode(location)
{
    /// <summary>Text of the value.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override string Noun => Quoted.Of(Text);
}
