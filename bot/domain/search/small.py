"""Small words: those that say how something is asked rather than what it is about."""

from __future__ import annotations

from typing import Final

#: By language; they count only where people ask (titles, questions), at less than others.
SMALL: Final[dict[str, frozenset[str]]] = {
    language: frozenset(listed.split())
    for language, listed in {
        "en": """
            a about according also am an and any are aren arent as at be because been being both
            but by can cant could couldn couldnt couldve d did didn didnt do does doesn doesnt
            doing don dont down for from get got had hadn hadnt has hasn hasnt have haven havent
            having he hed her hes him his how howd hows i if im in into is isn isnt it itll its ive
            just ll m may me might must mustn my needn no not of off on or our out over please r re
            s shall she should shouldn shouldnt so some t than that thats the their them then there
            theres these they theyd theyll theyre theyve this those to too u under until up ur us
            ve w was wasn wasnt we were weren werent what whatre whats when whens where wheres
            which while who whom whos whose why whys will with wont would wouldn wouldnt you your
            youre yours youve
            actually already anything anyway apparently basically btw dunno else even ever exactly
            gimme going gonna gotta hello here hey hi hmm honestly kinda literally lol lot maybe
            ok pls plz quite really simply something sorta still stuff supposed thanks thing
            things tho very wanna wtf yeah yet""",
        "de": """
            aber als am an auch auf aus bei bin bis da das dass dem den denn der des die dies diese
            dieser du durch ein eine einem einen einer er es für hat haben hier ich ihr im in ist
            ja kann können man mehr mit muss nach nicht noch nur ob oder schon sehr sein seit sich
            sie sind so soll sollte über um und uns unter vom von vor wann war waren warum was
            wegen weil welche welcher welches wem wen wenn wer werden wie wieso wieviel wir wird wo
            woher wohin wurde wurden zu zum zur""",
        "es": """
            a al algo ante como con cual cuales cuando cuanto de del desde donde e el él ella ellos
            en entre era es esa ese eso esta está este esto están fue ha hace hacia han hasta hay
            la las le les lo los más me mi muy no nos o para pero por porque qué que quién quien se
            sea ser si sí sido sin sobre son su sus también tan te tiene todo tu u un una uno unos
            y ya cómo cuál cuáles cuándo cuánto cuántos dónde""",
        "fr": """
            a à ai au aussi aux avec avoir c ça ce ces cet cette comme comment d dans de depuis des
            dont du elle elles en entre est et été être eu il ils j je l la le les leur leurs lui
            m mais me même mes moi mon n ne nos notre nous on ont ou où par pas peu peut plus pour
            pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si sont
            sur t te tes toi ton tu un une vos votre vous y""",
        "it": """
            a ad ai al alla alle anche c che chi ci come con cosa cui da dal dalla de degli dei del
            della delle di dove e è ed era gli ha hanno i il in io l la le lo loro ma mi ne nei
            nel nella non o per perché più qual quale quali quando quanto quanti se si sono su sua
            sue sugli sul sulla suo un una uno""",
        "nl": """
            aan al als bij dan dat de der deze die dit doen door een en er had hebben heeft het hij
            hoe hun ik in is je kan maar me meer met mijn na naar niet nog nu of om onder ons ook
            op over te tegen toch tot u uit van veel voor waar waarom wanneer waren was wat we wel
            welke werd wie wij worden wordt zal ze zich zij zijn zo zou""",
        "pt": """
            a à ao aos as às até com como da das de do dos e é ela elas ele eles em entre era essa
            esse esta está este eu foi foram há isso isto já lhe mais mas me mesmo muito na não nas
            no nos o onde os ou para pela pelo por porque qual quais quando quanto quantos que quem
            se sem ser seu seus sua suas são também tem têm um uma""",
    }.items()
}
