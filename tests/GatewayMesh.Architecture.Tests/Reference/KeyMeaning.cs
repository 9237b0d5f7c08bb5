namespace GatewayMesh.Architecture.Tests.Reference;

/// <summary>The words about one bootstrap key that the code cannot supply.</summary>
/// <param name="Text">Meaning of the key.</param>
/// <param name="Default">Default in words, where the one in the code is computed; null: the code's.</param>
/// <param name="Form">Value in words, where the one in the code is not for a table; null: the code's.</param>
internal sealed record KeyMeaning(string Text, string? Default = null, string? Form = null)
{
    public static implicit operator KeyMeaning(string text) => new(text);
}
