using System.CommandLine;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Explain;

/// <summary><c>gatewaymesh explain</c>: the route, policy and endpoint of a request, with reasons. No request is sent.</summary>
internal static class ExplainCommand
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var method = new Argument<string>("METHOD") { Description = "Method of the request." };
        var url = new Argument<string>("URL")
        {
            Description = "URL of the request. The host names the service, as on the outbound address.",
        };
        var admin = SharedOptions.Admin();
        var header = RequestOptions.Header();
        var from = new Option<string?>("--from")
        {
            Description = "Calling service. Default: the only service of the sidecar, or the ingress itself.",
            HelpName = "SERVICE",
        };
        var json = SharedOptions.Json("Print the response as received.");
        url.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !token.Value.Contains("://", StringComparison.Ordinal))
            {
                result.AddError($"URL '{token.Value}' must name a host, for example http://payments/charges");
            }
        });
        var command = new MeshCommand("explain", "Explain how a request would be handled: service, instances, gateways, policy, intention.")
        {
            Examples = [
                "gatewaymesh explain GET http://payments/charges",
                "gatewaymesh explain POST http://payments/v1/charges --from web --header x-debug:1 --json"],
        };
        command.Add(method);
        command.Add(url);
        command.Add(admin);
        command.Add(header);
        command.Add(from);
        command.Add(json);
        command.SetAction(parsed => Run(
            parsed.GetValue(admin)!,
            RequestOptions.Query(
                "/explain",
                parsed.GetValue(header)!,
                ("method", parsed.GetValue(method)),
                ("url", parsed.GetValue(url)),
                ("from", parsed.GetValue(from))),
            parsed.GetValue(json),
            output));
        return command;
    }

    /// <summary>Queries <paramref name="admin"/> and prints the answer. Exit code 1: the mesh would not carry the request.</summary>
    public static int Run(HostPort admin, string question, bool json, TextWriter output) =>
        AdminQuestion.Ask(admin, question, ShownJson.Context.ExplainDocument, json, output, ExplainText.Print, ExplainText.IsCarried);
}
