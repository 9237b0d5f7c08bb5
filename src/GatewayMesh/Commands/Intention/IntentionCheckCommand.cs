using System.CommandLine;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Intention;

/// <summary><c>gatewaymesh intention check</c>: decision for a call and the intention behind it. Exit code 0: allowed; 1: denied.</summary>
internal static class IntentionCheckCommand
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var source = new Argument<string>("SOURCE") { Description = "The calling service." };
        var destination = new Argument<string>("DESTINATION") { Description = "The called service." };
        var admin = SharedOptions.Admin();
        var method = new Option<string>("--method")
        {
            Description = "Method of the request, for permissions that match methods.",
            HelpName = "METHOD",
            DefaultValueFactory = _ => "GET",
        };
        var path = new Option<string>("--path")
        {
            Description = "Path of the request, for permissions that match paths.",
            HelpName = "PATH",
            DefaultValueFactory = _ => "/",
        };
        var header = RequestOptions.Header();
        var json = SharedOptions.Json("Print the response as received.");
        path.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !token.Value.StartsWith('/'))
            {
                result.AddError($"--path '{token.Value}' must begin with /");
            }
        });
        var command = new MeshCommand(
            "check", "Check whether SOURCE may call DESTINATION, and show the deciding intention. Exit code 0: allowed, 1: denied.")
        {
            Examples = [
                "gatewaymesh intention check web payments",
                "gatewaymesh intention check web payments --method POST --path /v1/charges --header x-debug:1 --json"],
        };
        command.Add(source);
        command.Add(destination);
        command.Add(admin);
        command.Add(method);
        command.Add(path);
        command.Add(header);
        command.Add(json);
        command.SetAction(parsed => Run(
            parsed.GetValue(admin)!,
            RequestOptions.Query(
                "/intentions/check",
                parsed.GetValue(header)!,
                ("source", parsed.GetValue(source)),
                ("destination", parsed.GetValue(destination)),
                ("method", parsed.GetValue(method)),
                ("path", parsed.GetValue(path))),
            parsed.GetValue(json),
            output));
        return command;
    }

    /// <summary>Queries <paramref name="admin"/> and prints the answer.</summary>
    public static int Run(HostPort admin, string question, bool json, TextWriter output) =>
        AdminQuestion.Ask(
            admin, question, ShownJson.Context.IntentionDocument, json, output, Print, static decision => decision.Allowed);

    /// <summary>Prints the decision as text.</summary>
    internal static void Print(CheckedIntention decision, TextWriter output)
    {
        var paint = Paint.For(output);
        var word = decision.Allowed ? paint.Text("allowed", TextStyle.Good) : paint.Text("denied", TextStyle.Bad);
        output.WriteLine($"{decision.Source} → {decision.Destination}: {word} by {decision.Because}");
        if (decision.Intention?.Description is { Length: > 0 } description)
        {
            output.WriteLine($"  description: {description}");
        }

        if (!decision.Enforced)
        {
            output.WriteLine(paint.Text("  not enforced here: identity is plaintext, so callers are unknown", TextStyle.Warn));
        }

        foreach (var note in decision.Notes)
        {
            output.WriteLine(paint.Text($"  {note}", TextStyle.Faint));
        }
    }
}
