using System.CommandLine;
using System.Text;

namespace GatewayMesh.Commands;

/// <summary>Options that describe a hypothetical request, and the query string for the admin route.</summary>
internal static class RequestOptions
{
    /// <summary><c>--header NAME:VALUE</c>, repeatable.</summary>
    public static Option<string[]> Header()
    {
        var option =
            new Option<string[]>("--header") { Description = "Header field of the request; repeatable.", HelpName = "NAME:VALUE", DefaultValueFactory = _ => [] };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf(':') <= 0))
            {
                result.AddError($"--header '{token.Value}' must be NAME:VALUE, for example x-debug:1");
            }
        });
        return option;
    }

    /// <summary>Builds the path of an admin route with this query. Null values are left out.</summary>
    public static string Query(string route, IEnumerable<string> headers, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var path = new StringBuilder(route);
        var separator = '?';
        foreach (
            var (name, value) in (List<(string Name, string? Value)>)[.. parts, .. headers.Select(header => ("header", (string?)header))])
        {
            if (value is not null)
            {
                path.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        return path.ToString();
    }
}
