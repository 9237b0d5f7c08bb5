using System.Globalization;

namespace GatewayMesh.Configuration.Document;

/// <summary>Location of a value in the configuration.</summary>
/// <param name="Source">Path of a file, or <c>--set PATH</c>, <c>env NAME</c>, <c>--role</c>.</param>
/// <param name="Line">Line, from 1; 0 when the source has no lines.</param>
/// <param name="Column">Column, from 1; 0 when the source has no lines.</param>
public readonly record struct SourceLocation(string Source, int Line, int Column)
{
    /// <summary>True if the source is a file (relative paths are then relative to its folder).</summary>
    public bool IsFile => Line > 0;

    /// <summary>Creates a location without lines: an option or a variable.</summary>
    public static SourceLocation Option(string source) => new(source, 0, 0);

    /// <inheritdoc/>
    public override string ToString() =>
        IsFile ? string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}") : Source;
}
