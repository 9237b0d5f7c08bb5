using System.Globalization;
using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Validation;

namespace GatewayMesh.Commands.Validate;

/// <summary><c>gatewaymesh validate FILE|DIR...</c>: every error with file, line, path and fix.</summary>
internal static class ValidateCommand
{
    /// <summary>Validates <paramref name="paths"/>. Exit code 2 on any error, otherwise 0.</summary>
    /// <param name="paths">Bootstrap files, entry files, and registry folders.</param>
    /// <param name="output">Receives one line per error and a final count, or one JSON object.</param>
    /// <param name="json">True to write JSON.</param>
    public static int Run(IEnumerable<string> paths, TextWriter output, bool json)
    {
        var validation = PathValidation.Of(paths);
        output.WriteLine(json ? ToJson(validation) : ToText(validation));
        return validation.Errors.IsEmpty ? 0 : 2;
    }

    private static string ToText(PathValidation validation)
    {
        var text = new StringBuilder();
        foreach (var error in validation.Errors)
        {
            _ = text.Append(SafeText.OneLine(error.ToString())).Append('\n');
        }

        return text.Append(Count(validation.Errors.Sum(error => Math.Max(1, error.More)), "error"))
            .Append(" in ")
            .Append(Count(validation.Files, "file"))
            .ToString();
    }

    private static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string ToJson(PathValidation validation)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("files", validation.Files);
            json.WriteStartArray("errors");
            foreach (var error in validation.Errors)
            {
                Write(json, error);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, ConfigError error)
    {
        json.WriteStartObject();
        json.WriteString("file", error.File);
        json.WriteNumber("line", error.Line);
        json.WriteNumber("column", error.Column);
        json.WriteString("path", error.Path);
        json.WriteString("message", error.Message);
        json.WriteString("fix", error.Fix);
        // The member's name before 0.2.
        json.WriteString("mend", error.Fix);
        json.WriteEndObject();
    }
}
