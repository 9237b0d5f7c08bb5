using System.Net.Http.Headers;

namespace GatewayMesh.Registry.Kubernetes.Api;

/// <summary>Reads <c>Warning</c> headers: <c>299 - "unknown field \"spec.bogus\""</c>.</summary>
internal static class WarningReader
{
    /// <summary>Reports the text of each warning.</summary>
    public static void Report(HttpResponseHeaders headers, Action<string> warned)
    {
        if (!headers.NonValidated.TryGetValues("Warning", out var values))
        {
            return;
        }

        foreach (var value in values)
        {
            warned(TextOf(value));
        }
    }

    private static string TextOf(string value)
    {
        var start = value.IndexOf('"', StringComparison.Ordinal);
        var end = value.LastIndexOf('"');
        return start < 0 || end <= start
            ? ApiError.OneLine(value)
            : ApiError.OneLine(
                value[(start + 1)..end].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
    }
}
