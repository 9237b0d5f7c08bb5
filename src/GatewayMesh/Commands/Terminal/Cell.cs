namespace GatewayMesh.Commands.Terminal;

/// <summary>One cell of a table.</summary>
/// <param name="Text">Its text, without colour.</param>
/// <param name="Hue">What it means.</param>
internal readonly record struct Cell(string Text, Hue Hue = Hue.Plain)
{
    /// <summary>Text alone is a cell without meaning of its own.</summary>
    public static implicit operator Cell(string text) => new(text);
}
