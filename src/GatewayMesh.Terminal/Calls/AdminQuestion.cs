using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Admin.Documents;
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
    /// <param name="type">Kind of the answer, from <see cref="ShownJson.Context"/>.</param>
    /// <param name="json">True to print the answer as received.</param>
    /// <param name="output">The command's output.</param>
    /// <param name="print">Prints the answer as text.</param>
    /// <param name="isWell">True for a good answer.</param>
    /// <exception cref="CommandFailure">The process did not answer.</exception>
    public static int Ask<T>(
        HostPort admin,
        string question,
        JsonTypeInfo<T> type,
        bool json,
        TextWriter output,
        Action<T, TextWriter> print,
        Func<T, bool> isWell)
        where T : class
    {
        var answer = AdminCall.Send(admin, "GET", question, null, Timeout);
        if (!answer.IsWell)
        {
            throw new CommandFailure(ExitCode.Failed, answer.Status is 0 or 401 or 403
                ? $"no answer from {admin}: {answer.Problem}; {answer.Fix}"
                : $"no answer from {admin}: {answer.Status} {answer.BodyLine}");
        }

        var document = answer.Document(type)
            ?? throw new CommandFailure(ExitCode.Failed, $"no answer from {admin}: the response is not {question.Split('?')[0]} of a node");
        if (json)
        {
            output.WriteLine(answer.Body.TrimEnd());
        }
        else
        {
            print(document, output);
        }

        return isWell(document) ? ExitCode.Well : ExitCode.Failed;
    }
}
