using System.Text.Json;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Terminal.Calls;

/// <summary>A query to a running process. The answer is printed as JSON or as text.</summary>
public static class AdminQuestion
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Queries <paramref name="admin"/> and prints the answer. Exit code 1 if the answer is not a good one.</summary>
    /// <param name="admin">The admin address.</param>
    /// <param name="question">Path and query of the admin route.</param>
    /// <param name="json">True to print the answer as received.</param>
    /// <param name="output">The command's output.</param>
    /// <param name="print">Prints the answer as text.</param>
    /// <param name="isWell">True for a good answer.</param>
    /// <exception cref="CommandFailure">The process did not answer.</exception>
    public static int Ask(
        HostPort admin,
        string question,
        bool json,
        TextWriter output,
        Action<JsonElement, TextWriter> print,
        Func<JsonElement, bool> isWell)
    {
        var answer = AdminCall.Send(admin, "GET", question, null, Timeout);
        if (!answer.IsWell)
        {
            throw new CommandFailure(ExitCode.Failed, answer.Status is 0 or 401 or 403
                ? $"no answer from {admin}: {answer.Problem}; {answer.Fix}"
                : $"no answer from {admin}: {answer.Status} {answer.BodyLine}");
        }

        using var document = JsonDocument.Parse(answer.Body);
        if (json)
        {
            output.WriteLine(answer.Body.TrimEnd());
        }
        else
        {
            print(document.RootElement, output);
        }

        return isWell(document.RootElement) ? ExitCode.Well : ExitCode.Failed;
    }
}
