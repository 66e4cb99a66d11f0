/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Completion for bash, zsh and fish. The scripts know no verb and no option: they hand the words to
 * `vnftrace --offer` and its lines to the shell.
 *
 * A line may be a name that somebody else chose, like "$(id>x)". So it is never part of a text that
 * the shell expands (compgen -W, eval, an unquoted expansion), and what gets on the command line is
 * quoted: by zsh and fish themselves, by printf %q in bash.
 */
#include "completion.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../text/error.h"

static const char bash[] =
	"# bash completion for vnftrace, made by vnftrace --completion bash\n"
	"# The word that is typed, without its quotes.\n"
	"_vnftrace_plain() {\n"
	"\tlocal rest=${1#[\\\"\\']}\n"
	"\tplain=\n"
	"\twhile [[ $rest == *\\\\* ]]; do\n"
	"\t\tplain+=${rest%%\\\\*} rest=${rest#*\\\\}\n"
	"\t\tplain+=${rest:0:1} rest=${rest:1}\n"
	"\tdone\n"
	"\tplain+=$rest\n"
	"}\n"
	"_vnftrace() {\n"
	"\tlocal IFS=$' \\t\\n' said=() words=() word plain\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	"\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
	"\t\t_vnftrace_plain \"$word\"\n"
	"\t\twords+=(\"$plain\")\n"
	"\tdone\n"
	"\tmapfile -t said < <(\"${COMP_WORDS[0]}\" --offer \"${words[@]}\" 2>/dev/null)\n"
	"\tCOMPREPLY=()\n"
	"\tcase ${said[0]-} in\n"
	"\t/file) compopt -o default 2>/dev/null; return ;;\n"
	"\t/dir) compopt -o dirnames 2>/dev/null; return ;;\n"
	"\tesac\n"
	"\tfor word in \"${said[@]}\"; do\n"
	"\t\tif [[ $cur != [\\\"\\']* ]]; then\n"
	"\t\t\t# %q would quote a comma, too\n"
	"\t\t\t[[ $word != *[!A-Za-z0-9_.,:@%+=/-]* ]] || printf -v word %q \"$word\"\n"
	"\t\telif [[ $word == *[\\\"\\'\\\\\\`\\$\\!]* ]]; then\n"
	"\t\t\tcontinue # nothing that means something behind an open quote\n"
	"\t\tfi\n"
	"\t\tCOMPREPLY+=(\"$word\")\n"
	"\tdone\n"
	"\t[[ ${COMPREPLY[0]-} != */ ]] || compopt -o nospace 2>/dev/null\n"
	"\treturn 0\n"
	"}\n"
	"complete -F _vnftrace vnftrace\n";

static const char zsh[] =
	"#compdef vnftrace\n"
	"# zsh completion for vnftrace, made by vnftrace --completion zsh\n"
	"_vnftrace() {\n"
	"\tlocal -a said typed\n"
	"\ttyped=(\"${(@Q)words[2,CURRENT-1]}\" \"${(Q)PREFIX}\")\n"
	"\tsaid=(\"${(@f)$(\"${(Q)words[1]}\" --offer \"${typed[@]}\" 2>/dev/null)}\")\n"
	"\tcase $said[1] in\n"
	"\t/file) _files ;;\n"
	"\t/dir) _files -/ ;;\n"
	"\t*)\n"
	"\t\tcompadd -S '' -- \"${(@M)said:#*/}\"\n"
	"\t\tcompadd -- \"${(@)${(@)said:#*/}:#}\"\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"if [ \"$funcstack[1]\" = _vnftrace ]; then\n"
	"\t_vnftrace \"$@\"\n"
	"else\n"
	"\tcompdef _vnftrace vnftrace\n"
	"fi\n";

static const char fish[] =
	"# fish completion for vnftrace, made by vnftrace --completion fish\n"
	"function __vnftrace_words\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l typed (commandline -ct)\n"
	"\tset -l plain (string unescape -- \"$typed\"\n"
	"\t\tor string replace -r '^[\"\\']' '' -- \"$typed\")\n"
	"\tset -l tool $words[1]\n"
	"\tset -l said (command $tool --offer $words[2..-1] \"$plain\" 2>/dev/null)\n"
	"\tswitch \"$said[1]\"\n"
	"\t\tcase /file\n"
	"\t\t\t__fish_complete_path \"$plain\"\n"
	"\t\tcase /dir\n"
	"\t\t\t__fish_complete_directories \"$typed\" ''\n"
	"\t\tcase '*'\n"
	"\t\t\tstring join \\n -- $said\n"
	"\tend\n"
	"end\n"
	"complete -c vnftrace -f -a '(__vnftrace_words)'\n";

int vnft_help_completion(const char *shell)
{
	if (!shell || !strcmp(shell, "bash"))
		fputs(bash, stdout);
	else if (!strcmp(shell, "zsh"))
		fputs(zsh, stdout);
	else if (!strcmp(shell, "fish"))
		fputs(fish, stdout);
	else
		return vnft_fail(-EINVAL, "--completion: %.40s: not one of bash|zsh|fish", shell);
	return 0;
}
