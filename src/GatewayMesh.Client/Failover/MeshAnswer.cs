namespace GatewayMesh.Client.Failover;

/// <summary>The <c>Proxy-Status</c> field (RFC 9209) of an answer made by the mesh itself.</summary>
/// <param name="Error">The RFC's error type.</param>
/// <param name="Forwarded">False only if every member from the mesh has <c>forwarded=?0</c>.</param>
internal sealed record MeshAnswer(string Error, bool Forwarded)
{
    private const string Field = "Proxy-Status";
    private const string Member = "gatewaymesh";
    private const string Fault = "gatewaymesh-fault";

    /// <summary>True if another target may succeed. False if the request or its destination is at fault.</summary>
    public bool MayDoBetterElsewhere =>
        Error is not ("http_request_error" or "http_request_denied" or "destination_not_found" or "proxy_loop_detected");

    /// <summary>True if the sidecar or gateway itself failed, not the service behind it.</summary>
    public bool IsOfTheProxyItself =>
        Error is "connection_limit_reached" or "proxy_internal_response" or "proxy_configuration_error" or "proxy_internal_error";

    /// <summary>Parses the field; null for an application's answer, and for an injected fault, which stands for one.</summary>
    public static MeshAnswer? Read(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues(Field, out var lines) || response.Headers.NonValidated.Contains(Fault))
        {
            return null;
        }

        string? error = null;
        var forwarded = false;
        foreach (var line in lines)
        {
            foreach (var member in Split(line, ','))
            {
                var parts = Split(member, ';');
                if (parts[0].Trim() != Member)
                {
                    continue;
                }

                var values = parts.Skip(1)
                    .Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries))
                    .Where(part => part.Length == 2)
                    .ToList();
                error = values.FirstOrDefault(part => part[0] == "error")?[1] ?? error;
                forwarded |= values.FirstOrDefault(part => part[0] == "forwarded")?[1] != "?0";
            }
        }

        return error is null ? null : new MeshAnswer(error, forwarded);
    }

    /// <summary>Marks the answer as forwarded, because an application may have seen an earlier attempt.</summary>
    public static void MarkForwarded(HttpResponseMessage response)
    {
        var lines = response.Headers.NonValidated[Field]
            .Select(line => line.Replace("forwarded=?0", "forwarded=?1", StringComparison.Ordinal))
            .ToList();
        response.Headers.Remove(Field);
        response.Headers.TryAddWithoutValidation(Field, lines);
    }

    // Ignores separators within quotes: error details are strings (RFC 8941 §3.3.3).
    private static List<string> Split(string text, char separator)
    {
        var parts = new List<string>();
        var start = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && quoted)
            {
                i++;
            }
            else if (text[i] == '"')
            {
                quoted = !quoted;
            }
            else if (text[i] == separator && !quoted)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }
}
