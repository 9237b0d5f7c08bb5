namespace GatewayMesh.Client.Failover;

/// <summary>What an answer's <c>Proxy-Status</c> (RFC 9209) says when the mesh itself made the answer.</summary>
/// <param name="Error">The RFC's error type.</param>
/// <param name="Forwarded">False only when every member of the mesh says <c>forwarded=?0</c>.</param>
internal sealed record MeshAnswer(string Error, bool Forwarded)
{
    private const string Field = "Proxy-Status";
    private const string Member = "gatewaymesh";

    /// <summary>Another way to the service may do better: not when the request itself, or its destination, is at fault.</summary>
    public bool MayDoBetterElsewhere => Error is not ("http_request_error" or "http_request_denied" or "destination_not_found" or "proxy_loop_detected");

    /// <summary>The sidecar or gateway itself is unable, not the service behind it.</summary>
    public bool IsOfTheProxyItself => Error is "connection_limit_reached" or "proxy_internal_response" or "proxy_configuration_error" or "proxy_internal_error";

    /// <summary>Null when the answer is an application's.</summary>
    public static MeshAnswer? Read(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues(Field, out var lines))
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

                var values = parts.Skip(1).Select(part => part.Split('=', 2, StringSplitOptions.TrimEntries)).Where(part => part.Length == 2).ToList();
                error = values.FirstOrDefault(part => part[0] == "error")?[1] ?? error;
                forwarded |= values.FirstOrDefault(part => part[0] == "forwarded")?[1] != "?0";
            }
        }

        return error is null ? null : new MeshAnswer(error, forwarded);
    }

    /// <summary>An earlier attempt may have been seen by an application, so the answer must not say that none was.</summary>
    public static void SayForwarded(HttpResponseMessage response)
    {
        var lines = response.Headers.NonValidated[Field].Select(line => line.Replace("forwarded=?0", "forwarded=?1", StringComparison.Ordinal)).ToList();
        response.Headers.Remove(Field);
        response.Headers.TryAddWithoutValidation(Field, lines);
    }

    // Not within quotes: details of an error are a string (RFC 8941 §3.3.3).
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
