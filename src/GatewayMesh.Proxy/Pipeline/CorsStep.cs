using System.Collections.Immutable;
using GatewayMesh.Proxy.Cors;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Answers preflight requests of browsers at public listeners, before a token or anything else that they cannot send is required, and
/// notes the origin whose pages may read the response (Fetch Standard, "CORS protocol").
/// </summary>
internal sealed class CorsStep : IStep
{
    private const int MaxCharacters = 512;

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (!exchange.Behavior.AtTheEdge || exchange.Route.Policy.Cors is not { IsOn: true } cors)
        {
            return Verdict.Next;
        }

        var fields = exchange.Head.Fields;
        exchange.HasCors = true;
        if (fields[KnownField.Origin] is [{ Length: > 0 and <= MaxCharacters } origin] && cors.Allows(origin))
        {
            exchange.AllowedOrigin = origin;
        }

        if (exchange.Method != "OPTIONS" || !fields.Contains(KnownField.Origin) || !fields.Contains(CorsFields.RequestMethod))
        {
            return Verdict.Next;
        }

        var answer = ImmutableArray.CreateBuilder<Field>();
        CorsFields.AddPreflight(cors, exchange.AllowedOrigin, answer);
        exchange.HasCors = false; // the answer is complete
        return Verdict.Reply(new LocalAnswer(204, answer.ToImmutable(), default));
    }
}
