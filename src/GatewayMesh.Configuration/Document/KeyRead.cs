namespace GatewayMesh.Configuration.Document;

/// <summary>A key that a reader asked for, with the type and default from the code.</summary>
/// <param name="Path">Path of the key in its document, such as <c>sidecar.services[0].port</c>.</param>
/// <param name="Form">Value to write, as an imperative: the fix of a missing value.</param>
/// <param name="Default">Value of an absent key; null for none.</param>
/// <param name="IsRequired">True if an absent key is an error.</param>
public sealed record KeyRead(string Path, string Form, object? Default, bool IsRequired);
