namespace GatewayMesh.Terminal.Output;

/// <summary>A table cell.</summary>
/// <param name="Text">The text, without color.</param>
/// <param name="TextStyle">The meaning.</param>
public readonly record struct Cell(string Text, TextStyle TextStyle = TextStyle.Plain)
{
    /// <summary>Converts text to a cell without a special meaning.</summary>
    public static implicit operator Cell(string text) => new(text);
}
