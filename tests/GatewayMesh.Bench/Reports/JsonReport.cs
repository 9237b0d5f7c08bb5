using System.Text.Encodings.Web;
using System.Text.Json;

namespace GatewayMesh.Bench.Reports;

/// <summary>The report as JSON.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the report.</summary>
    public static string Of(Report report) => JsonSerializer.Serialize(
        new
        {
            report.Title,
            report.Versions,
            Figures = report.Results.Select(result => new
            {
                result.Figure.Group,
                result.Figure.Name,
                result.Figure.Unit,
                result.Figure.Target,
                result.Figure.MoreIsBetter,
                ComparedWith = result.Figure.Rival,
                result.Compared,
                result.IsMet,
                result.Values,
            }),
            report.Measurements,
            report.Configuration,
        },
        Options);
}
