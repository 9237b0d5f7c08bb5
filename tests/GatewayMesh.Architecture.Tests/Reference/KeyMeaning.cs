namespace GatewayMesh.Architecture.Tests.Reference;

/// <summary>The part of a key's documentation that the code cannot supply.</summary>
/// <param name="Text">Meaning of the key.</param>
/// <param name="Default">Text of the default if the code computes it; null: the default in the code.</param>
/// <param name="Form">Text of the value if the one in the code does not fit a table; null: the value in the code.</param>
internal sealed record KeyMeaning(string Text, string? Default = null, string? Form = null)
{
    public static implicit operator KeyMeaning(string text) => new(text);
}
